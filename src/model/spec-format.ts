/** How a document that somebody wrote says what it is. */

/** Version of the format, in `apiVersion`. */
export const API_VERSION = 'shoal.dev/v1'

/** The kind of document that declares a service, in `kind`. */
export const SERVICE_KIND = 'Service'
