import { expect, test } from "bun:test";
import { typedAddresses } from "../../src/providers/mediabrowser/addresses.ts";

test.each([
  ["attic", ["https://attic", "https://attic:8920", "http://attic:8096", "http://attic"]],
  ["192.168.1.5:8096", ["https://192.168.1.5:8096", "http://192.168.1.5:8096"]],
  ["http://attic", ["http://attic:8096", "http://attic"]],
  ["https://media.example.org", ["https://media.example.org", "https://media.example.org:8920"]],
  ["https://media.example.org:443", ["https://media.example.org:443"]],
  ["https://example.org/tv/web/#/home.html", ["https://example.org/tv", "https://example.org:8920/tv"]],
  ["http://attic:8096/web/index.html", ["http://attic:8096"]],
  ["http://attic:8096/System/Info/Public", ["http://attic:8096"]],
  ["attic:8096/tv/", ["https://attic:8096/tv", "http://attic:8096/tv"]],
  ["HTTP://Attic:8096", ["http://attic:8096"]],
  ["[fd00::5]:8096", ["https://[fd00::5]:8096", "http://[fd00::5]:8096"]],
  ["https://anna:secret@attic:8096", ["https://attic:8096"]],
  ["", []],
  ["my server", []],
  ["ftp://attic", []],
  ["http://", []],
])("%p is looked for at %p", (typed, addresses) => {
  expect(typedAddresses(typed)).toEqual(addresses);
});
