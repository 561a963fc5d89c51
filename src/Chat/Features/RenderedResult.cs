using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary>A response whose JSON exists already.</summary>
internal static class RenderedResult
{
    public static Task Write(HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.BodyWriter.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
