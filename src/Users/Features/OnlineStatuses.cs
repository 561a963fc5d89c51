using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Contracts.Users;
using BigTech.Users.Presence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

/// <summary>A user's presence as the caller may see it.</summary>
/// <param name="IsOnline">Null while unknown.</param>
/// <param name="LastSeenAt">Null while online, if never online, if hidden, and while unknown.</param>
internal sealed record OnlineStatusView(long UserId, bool? IsOnline, DateTimeOffset? LastSeenAt)
{
    /// <summary>Only for the caller: whether they are invisible.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Invisible { get; init; }

    public static OnlineStatusView Own(OnlineStatus status, PresenceState own) => From(status) with { Invisible = own.IsInvisible };

    public static OnlineStatusView From(OnlineStatus status, PresenceState own) =>
        status.UserId == own.UserId ? Own(status, own) : From(status);

    private static OnlineStatusView From(OnlineStatus status) => new(status.UserId, status.IsOnline, status.LastSeenAt);
}

/// <summary>Several statuses at one point in time.</summary>
/// <param name="LastEventId">Pass it to the online-status stream to continue from exactly this point.</param>
internal sealed record OnlineStatusesView(IReadOnlyList<OnlineStatusView> Statuses, string LastEventId);

/// <summary>The body of <c>PUT /online-status/me</c>.</summary>
internal sealed record VisibilityRequest(bool? Invisible) : IHasExample
{
    public static object Example => new VisibilityRequest(Invisible: true);
}

/// <summary>
/// Presence endpoints. Only friends without a block between them see each other's presence. To all others a user looks offline and never
/// seen, the same as a user who was never online.
/// </summary>
internal static class OnlineStatuses
{
    /// <summary><c>GET /online-status/{user_id}</c></summary>
    public static async Task<Ok<OnlineStatusView>> One(
        [FromRoute(Name = "user_id")] long userId, Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var snapshot = await presence.Find(caller.UserId, [userId], ct);
        return snapshot.Statuses is [var status]
            ? TypedResults.Ok(OnlineStatusView.From(status, snapshot.Own))
            : throw AppError.NotFound("user_not_found", "There is no such user.");
    }

    /// <summary><c>GET /online-status?user_ids=</c>: the existing users, each once, in the order of the request.</summary>
    public static async Task<Ok<OnlineStatusesView>> Listed(
        [FromQuery(Name = UserIds.Field)] string[] userIds, Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var wanted = UserIds.Distinct(UserIds.Parse(userIds));
        var snapshot = await presence.Find(caller.UserId, wanted, ct);
        var found = snapshot.Statuses.ToDictionary(status => status.UserId);
        return TypedResults.Ok(new OnlineStatusesView(
            wanted.Where(found.ContainsKey).Select(id => OnlineStatusView.From(found[id], snapshot.Own)).ToList(),
            new VersionedId(PresenceStream.IdName, caller.UserId, snapshot.Version).ToString()));
    }

    /// <summary><c>GET /online-status/me</c>: the caller as friends see them, and whether they are invisible.</summary>
    public static async Task<Ok<OnlineStatusView>> Mine(Caller caller, PresenceStore presence, CancellationToken ct)
    {
        var own = await presence.Find(caller.UserId, ct);
        return TypedResults.Ok(OnlineStatusView.Own(presence.Show(own), own));
    }

    /// <summary><c>PUT /online-status/me</c></summary>
    public static async Task<Ok<OnlineStatusView>> SetVisibility(
        VisibilityRequest body, Caller caller, PresenceStore presence, IPresenceService online)
    {
        var isInvisible = body.Invisible ?? throw AppError.Invalid("invisible", "Is required.");
        var own = await online.SetInvisible(caller.UserId, isInvisible);
        return TypedResults.Ok(OnlineStatusView.Own(presence.Show(own), own));
    }

    /// <summary><c>POST /online-status/heartbeat</c>: keeps a client without an open stream online.</summary>
    public static async Task<NoContent> Heartbeat(Caller caller, IPresenceService online)
    {
        await online.Heartbeat(caller.UserId);
        return TypedResults.NoContent();
    }

    /// <summary><c>GET /online-status/stream</c>: changes for the caller, as Server-Sent Events.</summary>
    public static Task Stream(HttpContext http, Caller caller, PresenceStore presence, PresenceHub hub, StreamRegistry registry) =>
        new PresenceStream(http, caller, presence, hub, registry).Run();
}
