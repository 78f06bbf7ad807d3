// Stands for Apple's push service: HTTP/2 over TLS with client certificates. Prints its port, and a line of JSON for
// each request.
//
// usage: node apns.mjs CERTIFICATE KEY AUTHORITY
//
// A token that begins with "dead" is gone; one that begins with "5b" is answered 503 the first time it is seen.

import fs from "node:fs";
import http2 from "node:http2";

const [certificate, key, authority] = process.argv.slice(2);
const seen = new Set();

function answer(token) {
  const known = seen.has(token);
  seen.add(token);
  if (token.startsWith("dead")) return [410, { reason: "Unregistered", timestamp: Date.now() + 60_000 }];
  if (token.startsWith("5b") && !known) return [503, { reason: "ServiceUnavailable" }];
  return [200, null];
}

const server = http2.createSecureServer({
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
  ca: fs.readFileSync(authority),
  requestCert: true,
  rejectUnauthorized: true,
});

server.on("stream", (stream, headers) => {
  const peer = stream.session.socket.getPeerCertificate().subject;
  const body = [];
  stream.on("data", (piece) => body.push(piece));
  stream.on("end", () => {
    const token = headers[":path"].split("/").pop();
    const [status, said] = answer(token);
    stream.respond({ ":status": status });
    stream.end(said ? JSON.stringify(said) : undefined);
    console.log(JSON.stringify({
      method: headers[":method"],
      path: headers[":path"],
      token,
      status,
      topic: headers["apns-topic"],
      type: headers["apns-push-type"],
      expiration: Number(headers["apns-expiration"]),
      client: peer.UID,
      body: Buffer.concat(body).toString(),
    }));
  });
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on("end", () => process.exit(0));  // whoever started it is gone
process.stdin.resume();
