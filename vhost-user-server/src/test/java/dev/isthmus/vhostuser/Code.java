package dev.isthmus.vhostuser;

/** Codes and bits as a front-end knows them: the vhost-user specification's tables, once more. */
public final class Code {
    public static final int GET_FEATURES = 1;
    public static final int SET_FEATURES = 2;
    public static final int SET_OWNER = 3;
    public static final int RESET_OWNER = 4;
    public static final int SET_MEM_TABLE = 5;
    public static final int SET_VRING_NUM = 8;
    public static final int SET_VRING_ADDR = 9;
    public static final int SET_VRING_BASE = 10;
    public static final int GET_VRING_BASE = 11;
    public static final int SET_VRING_KICK = 12;
    public static final int SET_VRING_CALL = 13;
    public static final int SET_VRING_ERR = 14;
    public static final int GET_PROTOCOL_FEATURES = 15;
    public static final int SET_PROTOCOL_FEATURES = 16;
    public static final int GET_QUEUE_NUM = 17;
    public static final int SET_VRING_ENABLE = 18;
    public static final int SET_BACKEND_REQ_FD = 21;
    public static final int GET_CONFIG = 24;
    public static final int SET_CONFIG = 25;
    public static final int GET_INFLIGHT_FD = 31;
    public static final int SET_INFLIGHT_FD = 32;
    public static final int GET_MAX_MEM_SLOTS = 36;
    public static final int ADD_MEM_REG = 37;
    public static final int REM_MEM_REG = 38;

    /** On the back-end's channel. */
    public static final int CONFIG_CHANGE_MSG = 2;

    public static final long INDIRECT_DESC = 1L << 28;
    public static final long EVENT_IDX = 1L << 29;
    public static final long PROTOCOL_FEATURES = 1L << 30;
    public static final long VERSION_1 = 1L << 32;

    public static final long MQ = 1 << 0;
    public static final long REPLY_ACK = 1 << 3;
    public static final long BACKEND_REQ = 1 << 5;
    public static final long CONFIG = 1 << 9;
    public static final long INFLIGHT_SHMFD = 1 << 12;
    public static final long CONFIGURE_MEM_SLOTS = 1 << 15;

    /** In the u64 of SET_VRING_KICK, CALL and ERR: no descriptor comes. */
    public static final long NO_FD = 1 << 8;

    private Code() {}
}
