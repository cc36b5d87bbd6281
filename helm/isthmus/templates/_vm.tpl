{{/*
One back-end of one machine: its configuration and its pod. Recreate: two pods cannot hold one socket. Its sockets, and what
lies beside them, are the node's, so an upgrade is a restart of the process, over which the guest waits.
*/}}
{{- define "isthmus.vm" }}
{{- $name := printf "%s-%s-%s" .root.Release.Name .vm.name .kind | trunc 63 | trimSuffix "-" }}
{{- $image := index .root.Values.images .kind }}
{{- $config := include (printf "isthmus.config.%s" .kind) . }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  labels:
    {{- include "isthmus.labels" .root | nindent 4 }}
    isthmus.dev/vm: {{ .vm.name }}
data:
  isthmus.yml: |
    {{- $config | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "isthmus.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .kind }}
    isthmus.dev/vm: {{ .vm.name }}
spec:
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      {{- include "isthmus.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .kind }}
      isthmus.dev/vm: {{ .vm.name }}
  template:
    metadata:
      labels:
        {{- include "isthmus.labels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .kind }}
        isthmus.dev/vm: {{ .vm.name }}
      annotations:
        checksum/config: {{ $config | sha256sum }}
        {{- with .root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      automountServiceAccountToken: false
      {{- with .root.Values.serviceAccount }}
      serviceAccountName: {{ . }}
      {{- end }}
      {{- with .root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.images.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- if .vm.node }}
      nodeSelector:
        kubernetes.io/hostname: {{ .vm.node }}
      {{- else }}
      {{- with (.vm.nodeSelector | default .root.Values.nodeSelector) }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with .root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if eq .kind "net" }}
      # TAP interfaces are the node's.
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      {{- end }}
      # The process drains for drainSeconds at most, and then says that it could not.
      terminationGracePeriodSeconds: {{ add (.vm.drainSeconds | default 30) 10 }}
      securityContext:
        fsGroup: {{ .root.Values.hypervisorGroup }}
        fsGroupChangePolicy: OnRootMismatch
      initContainers:
        {{- include "isthmus.makeDirectory" (dict "root" .root "image" $image "directory" .directory) | nindent 8 }}
      containers:
        - name: {{ .kind }}
          image: {{ $image }}
          imagePullPolicy: {{ .root.Values.images.pullPolicy }}
          args: [--config=/etc/isthmus/isthmus.yml]
          {{- if eq .kind "blk" }}
          ports:
            - { name: metrics, containerPort: {{ .root.Values.metrics.port }} }
          {{- end }}
          {{- include "isthmus.probes" . | nindent 10 }}
          securityContext:
            {{- include "isthmus.containerSecurity" .root | nindent 12 }}
          resources:
            requests:
              {{- toYaml .root.Values.resources.requests | nindent 14 }}
            limits:
              memory: {{ include "isthmus.memoryLimit" . | quote }}
          volumeMounts:
            - { name: config, mountPath: /etc/isthmus, readOnly: true }
            - { name: sockets, mountPath: /run/isthmus, subPath: {{ .directory }} }
            {{- if .root.Values.mountHugepages }}
            - { name: hugepages, mountPath: {{ .root.Values.mountHugepages }} }
            {{- end }}
            {{- if eq .kind "blk" }}
            {{- range .vm.disks }}
            - { name: disk-{{ .name }}, mountPath: /var/lib/isthmus/{{ .name }} }
            {{- end }}
            {{- else }}
            - { name: tun, mountPath: /dev/net/tun }
            {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ $name }}
        - name: sockets
          hostPath:
            path: {{ .root.Values.socketRoot }}
            type: DirectoryOrCreate
        {{- with .root.Values.mountHugepages }}
        - name: hugepages
          hostPath:
            path: {{ . }}
            type: Directory
        {{- end }}
        {{- if eq .kind "blk" }}
        {{- range .vm.disks }}
        - name: disk-{{ .name }}
          {{- if .claim }}
          persistentVolumeClaim:
            claimName: {{ .claim }}
          {{- else }}
          hostPath:
            path: {{ .hostPath }}
          {{- end }}
        {{- end }}
        {{- else }}
        - name: tun
          hostPath:
            path: /dev/net/tun
            type: CharDevice
        {{- end }}
{{- end }}

{{- define "isthmus.config.blk" -}}
isthmus:
  management: tcp:0.0.0.0:{{ .root.Values.metrics.port }}
  devices:
    {{- range .vm.disks }}
    - name: {{ $.vm.name }}-{{ .name }}
      socket-path: /run/isthmus/{{ .name }}.sock
      {{- if .volume }}
      store: rocksdb
      volume: {{ .volume }}
      volumes-dir: /var/lib/isthmus/{{ .name }}
      {{- else if .claim }}
      blk-file: /var/lib/isthmus/{{ .name }}/{{ .file }}
      {{- else }}
      blk-file: /var/lib/isthmus/{{ .name }}
      {{- end }}
      serial: {{ .serial | default .name }}
      {{- if .readOnly }}
      read-only: "on"
      {{- end }}
      {{- if .direct }}
      direct: "on"
      {{- end }}
      {{- with .queues }}
      num-queues: {{ . }}
      {{- end }}
    {{- end }}
{{- end }}

{{- define "isthmus.config.net" -}}
isthmus:
  management: unix:/run/isthmus/vm.management
  devices:
    {{- range .vm.cards }}
    - name: {{ $.vm.name }}-{{ .name }}
      socket-path: /run/isthmus/{{ .name }}.sock
      tap: {{ .tap }}
      {{- with .bridge }}
      bridge: {{ . }}
      {{- end }}
      {{- with .mtu }}
      mtu: {{ . }}
      {{- end }}
      {{- with .queuePairs }}
      queue-pairs: {{ . }}
      {{- end }}
    {{- end }}
{{- end }}
