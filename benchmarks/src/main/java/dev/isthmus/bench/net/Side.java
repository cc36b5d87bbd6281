package dev.isthmus.bench.net;

/** Whose back-end. */
enum Side {
    OURS("ours"), PEER("peer");

    private final String text;

    Side(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
