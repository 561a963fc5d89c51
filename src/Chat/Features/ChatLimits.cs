using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;

namespace BigTech.Chat.Features;

/// <summary>Limits of single kinds of requests, per user and counted over all replicas.</summary>
internal sealed class ChatLimits(IRequestLimiter limiter, ChatOptions options)
{
    private readonly RateLimit _sends = RateLimit.PerMinute("send", "messages and changes in rooms", options.SendsPerMinute);
    private readonly RateLimit _joins = RateLimit.PerMinute("join", "attempts to join by a link", options.JoinsPerMinute);
    private readonly RateLimit _typing = RateLimit.PerMinute("typing", "signs of typing", options.TypingPerMinute);
    private readonly RateLimit _rooms = RateLimit.PerHour("room", "new rooms", options.RoomsPerHour);
    private readonly RateLimit _members = RateLimit.PerHour("member", "members added", options.MembersAddedPerHour);

    /// <summary>Counts a message, also one that was sent before, or another change that all members of a room see.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Send<T>(HttpResponse response, Caller caller, Func<Task<T>> send, CancellationToken ct) =>
        limiter.Run(response, _sends, caller.UserKey, send, ct);

    /// <summary>Counts an attempt to join by a link; a wrong code, too, so that codes cannot be guessed by many attempts.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Join<T>(HttpResponse response, Caller caller, Func<Task<T>> join, CancellationToken ct) =>
        limiter.Run(response, _joins, caller.UserKey, join, ct, counts: ErrorKind.NotFound);

    /// <summary>Counts a request to be shown as typing, in any room.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Type<T>(HttpResponse response, Caller caller, Func<Task<T>> type, CancellationToken ct) =>
        limiter.Run(response, _typing, caller.UserKey, type, ct);

    /// <summary>Counts a room that is created, and the members that the caller chose.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Create<T>(HttpResponse response, Caller caller, int members, Func<Task<T>> create, CancellationToken ct) =>
        limiter.Run(response, _rooms, caller.UserKey, () => Add(response, caller, members, create, ct), ct);

    /// <summary>Counts users who become members by somebody else's decision: all of them may, or none.</summary>
    /// <exception cref="AppError">429 <c>rate_limited</c>.</exception>
    public Task<T> Add<T>(HttpResponse response, Caller caller, int members, Func<Task<T>> add, CancellationToken ct) =>
        limiter.Run(response, _members, caller.UserKey, add, ct, members);

    /// <summary>Refuses what no waiting would allow.</summary>
    /// <param name="field">The field with the members.</param>
    /// <exception cref="AppError">422: one request names more members than an hour allows.</exception>
    public void ThrowIfNeverAllowed(int members, string field)
    {
        if (_members.Max == 0 || members <= _members.Max) return;
        throw AppError.Invalid(field, $"A user may add at most {_members.Max} members an hour, so no more at once.");
    }
}
