import { expect, test } from '@jest/globals';
import { CERTIFICATE_ERROR, htmlPage } from '../../../../src/server/listener/html-page.ts';

test('a page names its status, and why if there is more to say', () => {
  expect([htmlPage(403), htmlPage(400, CERTIFICATE_ERROR)]).toEqual([
    '<html><head><title>403 Forbidden</title></head><body>\n<center><h1>403 Forbidden</h1></center>\n</body></html>\n',
    '<html><head><title>400 The SSL certificate error</title></head><body>\n<center><h1>400 Bad Request</h1></center>\n' +
      '<center>The SSL certificate error</center>\n</body></html>\n',
  ]);
});
