import { describe, expect, it } from 'vitest'
import { renderCorefile, renderHosts } from '../../src/dns/render.ts'

const HOSTS = '/var/lib/shoal/dns/hosts'

describe('renderCorefile', () => {
  it('answers this node alone, from the hosts file, its agent, and its own name servers', () => {
    expect(renderCorefile({ hosts: HOSTS, subnet: '172.18.0.0/16', consul: '172.18.0.4:8600' }))
      .toBe(`# Made by Shoal: changes are overwritten.
(node) {
  bind 169.254.20.10
  acl {
    allow net 127.0.0.0/8 169.254.20.10/32 172.18.0.0/16
    drop
  }
  errors
}

consul {
  import node
  forward . 172.18.0.4:8600
}

. {
  import node
  hosts /var/lib/shoal/dns/hosts {
    ttl 1
    reload 1s
    no_reverse
    fallthrough
  }
  # A name that isn't there yet may be a service's in a moment.
  cache 30 {
    success 9984 30 0
    denial 9984 5 0
  }
  # The last one, which answers nothing, is for a node without name servers: CoreDNS would not start.
  forward . /etc/resolv.conf 127.0.0.1:9 {
    policy sequential
  }
  reload 2s 1s
}
`)
  })

  it('fails names of consul for now while no agent is known, and answers no container while their subnet is not', () => {
    const text = renderCorefile({ hosts: HOSTS, subnet: null, consul: null })
    expect(text).toContain('template ANY ANY {\n    rcode SERVFAIL\n  }')
    expect(text).toContain('allow net 127.0.0.0/8 169.254.20.10/32\n    drop')
  })
})

describe('renderHosts', () => {
  it('is the same for the same names in any order', () => {
    const text = '# Made by Shoal: changes are overwritten.\n10.0.0.2 www\n10.0.0.2 www.hello\n'
    expect(renderHosts({ 'www.hello': '10.0.0.2', www: '10.0.0.2' })).toBe(text)
    expect(renderHosts({ www: '10.0.0.2', 'www.hello': '10.0.0.2' })).toBe(text)
  })

  it.each([
    ['two words', '10.0.0.2'],
    ['www\n10.0.0.3 other', '10.0.0.2'],
    ['www', 'fe80::1'],
    ['www', 'elsewhere'],
  ])('takes no %j at %j', (name, address) => {
    expect(() => renderHosts({ [name]: address })).toThrow(RangeError)
  })
})
