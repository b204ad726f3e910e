/** A spec that declares a service `<name>.bench` on the tasks of a Swarm service that runs the app. */
export function serviceSpec(name: string, swarmService: string): string {
  return `apiVersion: shoal.dev/v1
kind: Service
metadata: {name: ${name}, namespace: bench}
spec:
  selector: {service: ${swarmService}}
  ports: [{port: 80, targetPort: 8080}]
  health: {http: {path: /health}}
`
}
