using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BigTech.BuildingBlocks.Streaming;

/// <summary>What a stream was that has ended; a feature of its request.</summary>
/// <param name="Events">The live events that it has handed to its connection.</param>
public sealed record StreamEnd(string Kind, long Events);

/// <summary>The common parts of all streams over HTTP.</summary>
public static class StreamRequest
{
    /// <summary>Identifies a stream in the API description and in the metadata of endpoints.</summary>
    internal const string MediaType = "text/event-stream";

    private const string ResumeHeader = "Last-Event-ID";

    private const string HeartbeatParameter = "heartbeat";

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(3);

    /// <summary>The header that EventSource sends, or the query parameter for a first connection, which cannot set headers.</summary>
    public static string? LastEventId(this HttpContext http) =>
        http.Request.Headers[ResumeHeader] is [{ } header, ..] ? header : http.Request.Query["last_event_id"].FirstOrDefault();

    /// <summary>
    /// Whether heartbeats are to be events: <c>?heartbeat=event</c>. A browser's EventSource shows no comments, so its page could not tell
    /// a quiet stream from a dead one.
    /// </summary>
    /// <exception cref="AppError">422: another value.</exception>
    internal static bool WantsHeartbeatEvents(this HttpContext http) => (http.Request.Query[HeartbeatParameter] switch
    {
        [] => "comment",
        [{ } one] => one,
        _ => "",
    }) switch
    {
        "event" => true,
        "comment" => false,
        _ => throw AppError.Invalid(HeartbeatParameter, "Must be event or comment."),
    };

    /// <summary>How long a browser waits until it comes back: clients of one replica must not all come at the same moment.</summary>
    internal static TimeSpan NewRetry() => ShortestRetry + (Random.Shared.NextDouble() * (LongestRetry - ShortestRetry));

    /// <summary>The headers of a response with events: proxies and browsers hold nothing back and keep nothing.</summary>
    internal static void SetHeaders(HttpResponse response)
    {
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Describes the response of a stream.</summary>
    /// <typeparam name="T">Its events.</typeparam>
    public static RouteHandlerBuilder AnswersStream<T>(this RouteHandlerBuilder endpoint) where T : StreamEvents =>
        endpoint.Produces<T>(StatusCodes.Status200OK, MediaType);
}
