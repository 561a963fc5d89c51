using System.Net;

namespace BigTech.Chat.Client;

/// <summary>The server refused a call. That it was not reached is an <see cref="HttpRequestException"/>.</summary>
public sealed class ChatApiException : Exception
{
    internal ChatApiException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(Describe(status, problem))
    {
        Status = status;
        Code = problem?.Code ?? "";
        TraceId = problem?.TraceId;
        Field = problem?.Field;
        UserIds = problem?.UserIds ?? [];
        Errors = problem?.Errors ?? new Dictionary<string, string[]>();
        RetryAfter = retryAfter;
    }

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What went wrong, for programs, such as <c>room_not_found</c>; it never changes. Empty if the answer had none.</summary>
    public string Code { get; }

    /// <summary>By this the server's log knows the request.</summary>
    public string? TraceId { get; }

    /// <summary>Of a conflict (409): what is taken already.</summary>
    public string? Field { get; }

    /// <summary>Of <c>not_allowed_by_privacy</c> (403): the users who do not let the caller do this.</summary>
    public IReadOnlyList<long> UserIds { get; }

    /// <summary>Of invalid input (422): what is wrong, by field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    /// <summary>When it is worth trying again, null if the server does not say so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same call may succeed later: too many requests, or the server cannot answer now.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;

    private static string Describe(HttpStatusCode status, Problem? problem)
    {
        var errors = (problem?.Errors ?? new Dictionary<string, string[]>())
            .Select(field => $" {field.Key}: {string.Join(' ', field.Value)}");
        return $"{problem?.Detail ?? problem?.Title ?? "The call was refused."}{string.Concat(errors)} ({(int)status} {problem?.Code})";
    }
}
