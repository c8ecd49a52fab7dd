/** The org answers no call any more today: the load ends in this process as by an interrupt, and can be resumed. */
export class LimitReached extends Error {}
