package dev.isthmus.frontend;

/** What a back-end did to a used ring that no back-end may do. The ring is not looked at any more. */
public enum UsedFault {
    NONE,
    /** More chains are handed back than were made available. */
    USED_INDEX_TOO_FAR,
    /** {@code id} is no descriptor. */
    USED_ID_OUT_OF_RANGE,
    /** {@code id} is not the head of a chain that was made available and is not handed back yet. */
    USED_ID_NOT_IN_FLIGHT
}
