import { expect } from 'chai';
import { environmentProxies } from '../../src/bulk/proxies.js';

describe('bulk/proxies', () => {
  for (const [what, environment, expected] of [
    ['none', {}, undefined],
    ['empty ones', { http_proxy: '', HTTPS_PROXY: ' ' }, undefined],
    ['one for each', { HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'https://b:2' }, ['http://a:1/', 'https://b:2/']],
    ['lower case before upper case', { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, ['', 'http://a:1/']],
    ['an empty one that stands for none', { http_proxy: '', HTTP_PROXY: 'http://b:2' }, undefined],
    ['a host and a port', { HTTPS_PROXY: 'proxy.example.com:8080' }, ['', 'http://proxy.example.com:8080/']],
    ['an address with a user', { HTTPS_PROXY: 'me:secret@10.0.0.1:3128' }, ['', 'http://me:secret@10.0.0.1:3128/']],
    ['a path, which no proxy has', { HTTPS_PROXY: 'http://a:1/proxy.pac?x' }, ['', 'http://a:1/']],
    ['spaces around', { HTTPS_PROXY: ' http://a:1 ' }, ['', 'http://a:1/']],
    ['SOCKS', { HTTPS_PROXY: 'socks5://a:1' }, ['', 'socks5://a:1']]
  ] as const)
    it(`understands ${what}`, () => {
      const found = environmentProxies(environment);
      expect(found && [found.httpProxy, found.httpsProxy]).to.deep.equal(expected);
    });

  for (const address of ['http://', 'http://me:secret@host:99999', 'ftp://host'])
    it(`names the variable and not the address "${address}", which is none`, () => {
      expect(() => environmentProxies({ https_proxy: address }))
        .to.throw('The environment variable https_proxy has no address of a proxy.')
        .with.property('name', 'ProxyInvalidError');
    });
});
