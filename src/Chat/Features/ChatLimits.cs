using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary>Limits of single kinds of requests, per user and counted over all replicas.</summary>
internal sealed class ChatLimits(IRequestLimiter limiter, ChatOptions options)
{
    private readonly RateLimit _sends = RateLimit.PerMinute("send", "messages", options.SendsPerMinute);
    private readonly RateLimit _joins = RateLimit.PerMinute("join", "attempts to join by a link", options.JoinsPerMinute);
    private readonly RateLimit _typing = RateLimit.PerMinute("typing", "signs of typing", options.TypingPerMinute);
    private readonly RateLimit _rooms = RateLimit.PerHour("room", "new rooms", options.RoomsPerHour);
    private readonly RateLimit _members = RateLimit.PerHour("member", "members added", options.MembersAddedPerHour);

    /// <summary>Counts a message, also one that was sent before.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeSend(HttpResponse response, Caller caller, CancellationToken ct) => Take(_sends, response, caller, ct);

    /// <summary>Counts an attempt to join by a link, so that codes cannot be guessed by many attempts.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeJoin(HttpResponse response, Caller caller, CancellationToken ct) => Take(_joins, response, caller, ct);

    /// <summary>Counts a request to be shown as typing, in any room.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeTyping(HttpResponse response, Caller caller, CancellationToken ct) => Take(_typing, response, caller, ct);

    /// <summary>Counts a room that does not exist yet, and the members that the caller chose.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public async ValueTask TakeRoom(HttpResponse response, Caller caller, int members, CancellationToken ct)
    {
        await Take(_rooms, response, caller, ct);
        await TakeMembers(response, caller, members, ct);
    }

    /// <summary>Counts users who become members by somebody else's decision: all of them may, or none.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public ValueTask TakeMembers(HttpResponse response, Caller caller, int count, CancellationToken ct) =>
        Take(_members, response, caller, ct, count);

    private ValueTask Take(RateLimit limit, HttpResponse response, Caller caller, CancellationToken ct, int amount = 1) =>
        limiter.Take(response, limit, caller.UserKey, ct, amount);
}
