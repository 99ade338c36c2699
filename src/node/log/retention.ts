/**
 * How the rules of `Retention` are meant, the same in every store:
 *
 * - `age` removes rows of both kinds whose `at` is older than `now - ageMs`;
 * - `rows` keeps the newest `rows` messages of each timeline, and as many events: a busy door must not push out what
 *   people said;
 * - a send id outlives its row until it is `SEND_ID_AGE_MS_MIN` old, because a client may come back with its outbox
 *   after a holiday, and its resend must still be recognised. Asked for such an id, the store gives the row with an
 *   empty body: where and when it was said is known, what was said is gone.
 */
export const SEND_ID_AGE_MS_MIN = 14 * 24 * 3_600_000;
