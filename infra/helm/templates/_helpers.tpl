{{- define "aftercall.name" -}}
{{- if contains "aftercall" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-aftercall{{ end }}
{{- end }}

{{- define "aftercall.labels" -}}
app.kubernetes.io/name: aftercall
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Of one part: called with (list . "worker"). */}}
{{- define "aftercall.selector" -}}
app.kubernetes.io/name: aftercall
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "aftercall.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}
{{- end }}
{{- end }}

{{/* aftercall.yaml. User and password are not in it: they come from the environment, so they need no percent-encoding. */}}
{{- define "aftercall.config" -}}
{{- $database := dict "url" (printf "postgres://${DATABASE_HOST}:%d/%s" (int .Values.database.port) .Values.database.name) "tls" .Values.database.tls "poolMax" (int .Values.database.poolMax) }}
{{- if or .Values.database.ca.secretName .Values.database.ca.configMapName }}
{{- $_ := set $database "tlsCaFile" (printf "/run/aftercall/ca/%s" .Values.database.ca.key) }}
{{- end }}
{{- $queues := dict }}
{{- range $name, $url := .Values.queues }}
{{- if $url }}{{ $_ := set $queues $name (dict "url" $url) }}{{ end }}
{{- end }}
{{- $console := dict "host" "0.0.0.0" "port" 8080 }}
{{- with .Values.console.hosts }}{{ $_ := set $console "hosts" . }}{{ end }}
{{- with .Values.console.identity }}{{ $_ := set $console "identity" . }}{{ end }}
{{- with .Values.console.actors }}
{{- if not $.Values.console.identity }}{{ fail "console.actors: without console.identity nobody can be told from others, and all only read" }}{{ end }}
{{- $_ := set $console "actors" . }}
{{- end }}
{{- $config := dict "database" $database "queues" $queues "sources" .Values.sources "http" (dict "host" "0.0.0.0" "port" 9464) "console" $console }}
{{- mergeOverwrite $config (deepCopy .Values.config) | toYaml }}
{{- end }}

{{/* Called with (list . login). */}}
{{- define "aftercall.databaseEnv" -}}
{{- $login := index . 1 }}
- name: PGUSER
  valueFrom: { secretKeyRef: { name: {{ $login.secretName }}, key: {{ $login.userKey }} } }
- name: PGPASSWORD
  valueFrom: { secretKeyRef: { name: {{ $login.secretName }}, key: {{ $login.passwordKey }} } }
- name: DATABASE_HOST
{{- if $login.hostKey }}
  valueFrom: { secretKeyRef: { name: {{ $login.secretName }}, key: {{ $login.hostKey }} } }
{{- else }}
  value: {{ required "database.host, or hostKey of each login, must say where Postgres is" (index . 0).Values.database.host | quote }}
{{- end }}
- name: AFTERCALL_CONFIG
  value: /run/aftercall/config/aftercall.yaml
{{- end }}

{{- define "aftercall.awsEnv" -}}
{{- with .Values.aws.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aws.endpoint }}
- name: AWS_ENDPOINT_URL
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* Called with (list . configMapName), or (list . configMapName sizeOfTmp). */}}
{{- define "aftercall.volumes" -}}
{{- $root := index . 0 }}
- name: config
  configMap: { name: {{ index . 1 }} }
- name: tmp
  emptyDir: { sizeLimit: {{ if gt (len .) 2 }}{{ index . 2 }}{{ else }}1Gi{{ end }} }
{{- with $root.Values.database.ca }}
{{- if .secretName }}
- name: ca
  secret: { secretName: {{ .secretName }} }
{{- else if .configMapName }}
- name: ca
  configMap: { name: {{ .configMapName }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "aftercall.mounts" -}}
- { name: config, mountPath: /run/aftercall/config, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if or .Values.database.ca.secretName .Values.database.ca.configMapName }}
- { name: ca, mountPath: /run/aftercall/ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "aftercall.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "aftercall.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* The metadata of a pod and what all pods share: called with (list . component). */}}
{{- define "aftercall.podBase" -}}
{{- $root := index . 0 }}
automountServiceAccountToken: false
securityContext: {{- include "aftercall.podSecurity" $root | nindent 2 }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
