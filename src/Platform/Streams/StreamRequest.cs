using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BigTech.Platform.Streams;

/// <summary>What all streams have in common over HTTP.</summary>
public static class StreamRequest
{
    /// <summary>By this the description, and whoever asks an endpoint for its kind, know a stream.</summary>
    internal const string MediaType = "text/event-stream";

    private const string ResumeHeader = "Last-Event-ID";

    /// <summary>The header as EventSource sends it, or the query for a first connection, which cannot set headers.</summary>
    public static string? LastEventId(this HttpContext http) =>
        http.Request.Headers[ResumeHeader] is [{ } header, ..] ? header : http.Request.Query["last_event_id"].FirstOrDefault();

    /// <summary>Describes the answer of a stream.</summary>
    public static RouteHandlerBuilder AnswersStream(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<string>(StatusCodes.Status200OK, MediaType);
}
