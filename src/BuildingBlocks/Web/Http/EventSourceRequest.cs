using System.Buffers;
using System.Net.Mime;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Errors for a browser's EventSource with a cookie. It comes back by itself after the end of a stream, and gives up for good after any
/// status but 200; no script learns the status. So what passes is a stream that ends at once and says when to come back, and what does not
/// pass is 204, which ends it without an error in the browser's console.
/// </summary>
internal static class EventSourceRequest
{
    /// <summary>Where a refusal does not say when to come back.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether the request is one: a stream by cookie alone. Known before the routing, because limits, and a gateway without a service
    /// behind it, refuse there.
    /// </summary>
    public static bool Is(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && IsStream(request.Path.Value) && request.Headers.Authorization.Count == 0
            && AsksForEvents(request.Headers) && !request.Query.ContainsKey("ticket")
            && request.Cookies.ContainsKey(BrowserSessionCookies.Name);

    /// <summary>Answers in place of a problem; false for one that the author of the page has to see, such as a wrong parameter.</summary>
    /// <param name="status">The status of the problem.</param>
    /// <param name="wait">When to come back, if the refusal says it.</param>
    public static async ValueTask<bool> TryAnswer(HttpContext context, int status, string code, TimeSpan? wait)
    {
        if (status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)
        {
            context.Response.ContentType = null;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }
        if (status < StatusCodes.Status500InternalServerError && status != StatusCodes.Status429TooManyRequests) return false;
        StreamRequest.SetHeaders(context.Response);
        context.Response.StatusCode = StatusCodes.Status200OK;
        Write(context.Response.BodyWriter, code, wait ?? Pause);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return true;
    }

    private static void Write(IBufferWriter<byte> output, string code, TimeSpan wait)
    {
        SseFrame.WriteRetry(output, wait + (Random.Shared.NextDouble() * Pause));
        SseFrame.Write(output, ControlEvents.Unavailable, string.Create(
            CultureInfo.InvariantCulture, $"{{\"code\":\"{code}\",\"retry_after\":{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}}}"));
    }

    private static bool AsksForEvents(IHeaderDictionary headers) =>
        headers.Accept is [{ } accept] && accept.Contains(MediaTypeNames.Text.EventStream, StringComparison.OrdinalIgnoreCase);

    /// <summary>The second segment says it, as in the routes of the gateway.</summary>
    private static bool IsStream(string? path)
    {
        var segments = (path ?? "").Split('/', 5, StringSplitOptions.RemoveEmptyEntries);
        var first = segments is ["api", ..] ? 1 : 0;
        return segments.Length > first + 1 && segments[first + 1].Equals("stream", StringComparison.OrdinalIgnoreCase);
    }
}
