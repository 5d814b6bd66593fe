import { fromRow } from '../row.ts';
import type { CertificateStore, IssuedCertificate } from './certificate-store.ts';
import type { ServerDatabase } from './server-database.ts';

export class SqliteCertificateStore implements CertificateStore {
  readonly #database: ServerDatabase;

  constructor(database: ServerDatabase) {
    this.#database = database;
  }

  add(certificate: IssuedCertificate): Promise<void> {
    const { serial, kind, subject, issuedAt, expiresAt, revokedAt, firstUsedAt } = certificate;
    return this.#database.write((sql) => {
      sql.run`
        INSERT INTO certificates (serial, kind, subject, issuedAt, expiresAt, revokedAt, firstUsedAt)
        VALUES (${serial}, ${kind}, ${subject}, ${issuedAt}, ${expiresAt}, ${revokedAt ?? null}, ${firstUsedAt ?? null})`;
    });
  }

  get(serial: string): Promise<IssuedCertificate | undefined> {
    return this.#database.read(
      (sql) =>
        fromRow(sql.get`SELECT * FROM certificates WHERE serial = ${serial}`) as
          IssuedCertificate | undefined,
    );
  }

  firstUsed(serial: string, at: number, olderEndAt: number): Promise<void> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE certificates SET firstUsedAt = ${at} WHERE serial = ${serial} AND firstUsedAt IS NULL`;
      if (changes === 0) return;
      sql.run`
        UPDATE certificates AS older SET revokedAt = min(coalesce(older.revokedAt, ${olderEndAt}), ${olderEndAt})
        FROM certificates AS used
        WHERE used.serial = ${serial} AND older.kind = used.kind AND older.subject = used.subject
          AND older.rowid < used.rowid`;
    });
  }

  revokeSubject(kind: IssuedCertificate['kind'], subject: string, at: number): Promise<number> {
    return this.#database.write((sql) => {
      const { changes } = sql.run`
        UPDATE certificates SET revokedAt = ${at}
        WHERE kind = ${kind} AND subject = ${subject} AND expiresAt > ${at} AND coalesce(revokedAt, ${at} + 1) > ${at}`;
      return Number(changes);
    });
  }
}
