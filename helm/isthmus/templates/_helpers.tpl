{{- define "isthmus.labels" -}}
app.kubernetes.io/name: isthmus
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "isthmus.selector" -}}
app.kubernetes.io/name: isthmus
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Of a process: not root, nothing it may do, nothing it may write but what is mounted. */}}
{{- define "isthmus.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ .Values.runAsUser }}
runAsGroup: {{ .Values.hypervisorGroup }}
capabilities:
  drop: [ALL]
seccompProfile:
  {{- if .Values.seccompProfile }}
  type: Localhost
  localhostProfile: {{ .Values.seccompProfile }}
  {{- else }}
  type: RuntimeDefault
  {{- end }}
{{- end }}

{{/* Makes the machine's directory of sockets on the node; sticky group, so that sockets are the hypervisor group's. */}}
{{- define "isthmus.makeDirectory" -}}
- name: directory
  image: {{ .image }}
  imagePullPolicy: {{ .root.Values.images.pullPolicy }}
  command: [/bin/sh, -c]
  args: ['mkdir -p "/sockets/$0" && chown {{ .root.Values.runAsUser }}:{{ .root.Values.hypervisorGroup }} "/sockets/$0" && chmod 2770 "/sockets/$0"', {{ .directory | quote }}]
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    runAsUser: 0
    runAsGroup: 0
    capabilities:
      drop: [ALL]
      add: [CHOWN, FOWNER, FSETID, DAC_OVERRIDE]
  resources:
    requests: { cpu: 10m, memory: 16Mi }
    limits: { memory: 32Mi }
  volumeMounts:
    - { name: sockets, mountPath: /sockets }
{{- end }}

{{/* Cards' pods are on the node's network, where a port would be everyone's: they are asked by their Unix socket. */}}
{{- define "isthmus.probes" -}}
{{- $blk := ne .kind "net" -}}
startupProbe:
  {{- include "isthmus.probe" (dict "blk" $blk "part" "liveness") | nindent 2 }}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  {{- include "isthmus.probe" (dict "blk" $blk "part" "liveness") | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  {{- include "isthmus.probe" (dict "blk" $blk "part" "readiness") | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{- define "isthmus.probe" -}}
{{- if .blk -}}
httpGet: { path: /actuator/health/{{ .part }}, port: metrics }
{{- else -}}
exec: { command: [/usr/lib/isthmus/docker/health, {{ .part }}] }
{{- end }}
{{- end }}

{{/* The smallest unit that Kubernetes' quantities and this arithmetic share: bytes, as an integer. */}}
{{- define "isthmus.bytes" -}}
{{- $text := . | toString -}}
{{- if hasSuffix "Gi" $text }}{{ mul (trimSuffix "Gi" $text | int64) 1073741824 }}
{{- else if hasSuffix "Mi" $text }}{{ mul (trimSuffix "Mi" $text | int64) 1048576 }}
{{- else if hasSuffix "Ki" $text }}{{ mul (trimSuffix "Ki" $text | int64) 1024 }}
{{- else }}{{ $text | int64 }}
{{- end }}
{{- end }}

{{/* What a back-end needs itself, and the guest's memory, if it may be the first to touch it: the kernel charges it then. */}}
{{- define "isthmus.memoryLimit" -}}
{{- $own := include "isthmus.bytes" .root.Values.resources.limitMemory | int64 -}}
{{- if eq .vm.guestMemory.kind "touched" -}}
{{ add $own (include "isthmus.bytes" .vm.guestMemory.size | int64) }}
{{- else -}}
{{ $own }}
{{- end }}
{{- end }}
