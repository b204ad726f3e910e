import { describe, expect, it } from 'vitest'
import { defaultDevice, subnetOf } from '../../src/dns/subnet.ts'

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t0000560A\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
eth1\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth1\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`

describe('the gateway subnet', () => {
  it('is found by the default route', () => {
    expect(defaultDevice(ROUTES)).toBe('eth1')
    expect(defaultDevice(ROUTES.replace('eth1\t00000000', 'eth1\t00000001'))).toBeNull()
  })

  it('is the network of the address there', () => {
    expect(subnetOf('172.18.3.4', '255.255.0.0')).toBe('172.18.0.0/16')
    expect(subnetOf('10.1.2.200', '255.255.255.192')).toBe('10.1.2.192/26')
    expect(subnetOf('10.1.2.3', '255.255.240.0')).toBe('10.1.0.0/20')
  })
})
