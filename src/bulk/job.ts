/** The id of a Bulk API 2.0 job, 18 characters beginning with `750`. */
export type JobId = string & { readonly __brand: 'JobId' };
