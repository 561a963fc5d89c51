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

    /// <summary>The header that EventSource sends, or the query parameter for a first connection, which cannot set headers.</summary>
    public static string? LastEventId(this HttpContext http) =>
        http.Request.Headers[ResumeHeader] is [{ } header, ..] ? header : http.Request.Query["last_event_id"].FirstOrDefault();

    /// <summary>Describes the response of a stream.</summary>
    public static RouteHandlerBuilder AnswersStream(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<string>(StatusCodes.Status200OK, MediaType);
}
