// imapflow takes the global crypto for granted, which Node 18 (Debian 12's) has only when asked.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
