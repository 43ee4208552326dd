/** Kept equal to package.json by a test: reading that file at run time would depend on where the build lies. */
const version = "0.1.0";

/** `User-Agent` of every request. */
export const userAgent = `pulumi-keyvault-certificates/${version}`;
