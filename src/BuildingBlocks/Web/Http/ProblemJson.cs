using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The body of an error: RFC 9457 problem details with a stable code and the trace id.</summary>
internal static class ProblemJson
{
    public static void Write(Utf8JsonWriter json, int status, string code, string detail, string traceId, AppError? error)
    {
        json.WriteStartObject();
        json.WriteString("type", $"https://bigtech.chat/problems/{code.Replace('_', '-')}");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
        json.WriteString("code", code);
        json.WriteString("trace_id", traceId);
        if (error?.Field is { } field) json.WriteString("field", field);
        if (error?.UserIds is { } users)
        {
            json.WriteStartArray("user_ids");
            foreach (var user in users) json.WriteNumberValue(user);
            json.WriteEndArray();
        }
        if (error?.Errors is { } errors)
        {
            json.WriteStartObject("errors");
            foreach (var (name, texts) in errors)
            {
                json.WriteStartArray(name);
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
