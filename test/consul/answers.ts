/** As Consul 1.22 answers, shortened to what is read and a little more. */

export function check(CheckID: string, Status: string, Output = '', more: object = {}): object {
  return {
    Node: 'node1',
    CheckID,
    Name: CheckID,
    Status,
    Notes: '',
    Output,
    Type: 'http',
    Definition: {},
    ...more,
  }
}

export const alive = check('serfHealth', 'passing', 'Agent alive and reachable')
export const lost = check('serfHealth', 'critical', 'Agent not live or unreachable')

export function instance(ID: string, Checks: readonly object[], service: object = {}): object {
  return {
    Node: {
      ID: 'd2c82091-15a1-99b2-c51a-805aed470275',
      Node: 'node1',
      Address: '10.86.0.4',
      Datacenter: 'dc1',
    },
    Service: {
      ID,
      Service: 'www-hello',
      Tags: [],
      Address: '10.87.0.5',
      TaggedAddresses: { lan_ipv4: { Address: '10.87.0.5', Port: 8080 } },
      Meta: {
        'shoal-service': 'hello/www',
        'shoal-port': 'http',
        'shoal-task': 't1',
        'shoal-node': 'n1',
        'shoal-node-name': 'node1',
        'shoal-zone': 'a',
        'shoal-hash': 'abc',
      },
      Port: 8080,
      Weights: { Passing: 1, Warning: 1 },
      EnableTagOverride: false,
      ...service,
    },
    Checks,
  }
}
