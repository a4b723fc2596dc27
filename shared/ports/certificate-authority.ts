/** What the certificate is to say of its holder. What the holder's own request says of him does not count. */
export interface HolderNames {
  uris?: readonly string[];
  hosts?: readonly string[];
  addresses?: readonly string[];
}

export interface SignedCertificate {
  /** PEM. */
  certificate: string;
  /** PEM: who signed it, and whoever signed that, in this order. */
  chain: string[];
  /** How the authority calls it. */
  serial: string;
  /** ISO time. */
  expiresAt: string;
}

/** Who vouches for edge agents (Vault's PKI engine). */
export interface CertificateAuthority {
  /**
   * Certifies the key of a request (PKCS #10, PEM) under these names and no others. Doing it again makes another
   * certificate.
   */
  sign(wish: { request: string; names: HolderNames; lifetimeSeconds: number }): Promise<SignedCertificate>;
  /** PEM: the certificate that it signs with now, and whoever signed that. */
  chain(): Promise<string[]>;
  /**
   * Puts a certificate on the list of those that count no more. One that is there, or that the authority has forgotten,
   * is success.
   */
  revoke(serial: string): Promise<void>;
}
