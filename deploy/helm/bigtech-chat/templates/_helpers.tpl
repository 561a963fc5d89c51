{{- define "labels" -}}
app.kubernetes.io/name: bigtech-chat
app.kubernetes.io/part-of: bigtech-chat
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The name of a role's objects, and its port. */}}
{{- define "name" }}{{ if eq . "gateway" }}gateway{{ else }}{{ . }}-service{{ end }}{{ end }}
{{- define "port" }}{{ get (dict "gateway" 8000 "chat" 8002 "friend" 8003 "notification" 8004 "user" 8005) . }}{{ end }}

{{/* The settings of the gateway and of the services, as texts. */}}
{{- define "gateway-settings" }}
BIGTECH_Services__Users: http://user-service-pods:8005
BIGTECH_Services__Friends: http://friend-service-pods:8003
BIGTECH_Services__Chat: http://chat-service-pods:8002
BIGTECH_Services__Notifications: http://notification-service-pods:8004
{{- if .Values.ingress.enabled }}
BIGTECH_Gateway__TrustedProxies: {{ .Values.ingress.trustedProxies }}
{{- end }}
{{- end }}
{{- define "service-settings" }}
BIGTECH_Services__Users: http://user-service-pods:8005
BIGTECH_Services__Friends: http://friend-service:8003
BIGTECH_Services__Chat: http://chat-service-pods:8002
BIGTECH_Services__Notifications: http://notification-service:8004
{{- end }}

{{/* A variable from an entry of the Secret: [variable, entry, whether it may be missing, the Secret]. */}}
{{- define "from-secret" }}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 3 }}
      key: {{ index . 1 }}
      {{- if index . 2 }}
      optional: true
      {{- end }}
{{- end }}
