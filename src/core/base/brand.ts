declare const brand: unique symbol;

/** A `T` that must not be mixed up with any other `T`: only the function that makes one may cast to it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
