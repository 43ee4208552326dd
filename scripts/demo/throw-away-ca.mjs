/**
 * A certificate authority for the length of a demo: signs a CSR as a company's own CA would, outside Key Vault. The key of the
 * certificate never leaves the vault; only the CSR comes out, and only the chain goes in.
 *
 * @param {string} csrPem
 * @returns {Promise<string>} the chain in PEM: the certificate, then the CA
 */
export async function signWithThrowAwayCa(csrPem) {
  // Loaded here: the script is parsed before the dependencies are installed.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const now = Date.now();
  const days = (/** @type {number} */ count) => new Date(now + count * 24 * 60 * 60 * 1000);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Throw-away CA",
    notBefore: days(-1),
    notAfter: days(365),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const request = new x509.Pkcs10CertificateRequest(csrPem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "02",
    subject: request.subject,
    issuer: authority.subject,
    notBefore: days(-1),
    notAfter: days(90),
    publicKey: request.publicKey,
    signingAlgorithm: algorithm,
    signingKey: keys.privateKey,
    extensions: request.extensions,
  });
  return `${certificate.toString("pem")}\n${authority.toString("pem")}\n`;
}
