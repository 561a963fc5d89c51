using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary>Limits of single kinds of requests, per user and counted over all replicas.</summary>
internal sealed class ChatLimits(IRequestLimiter limiter, ChatOptions options)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Counts an attempt to join by a link, so that codes cannot be guessed by many attempts.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeJoin(HttpResponse response, Caller caller, CancellationToken ct) =>
        Take("join", options.JoinsPerMinute, response, caller, ct);

    /// <summary>Counts a request to be shown as typing, in any room.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeTyping(HttpResponse response, Caller caller, CancellationToken ct) =>
        Take("typing", options.TypingPerMinute, response, caller, ct);

    private async ValueTask Take(string kind, int perMinute, HttpResponse response, Caller caller, CancellationToken ct)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{kind}:{caller.UserId}");
        response.Apply(await limiter.Take(key, perMinute, Window, ct));
    }
}
