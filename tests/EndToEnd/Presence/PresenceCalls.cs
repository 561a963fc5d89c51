using System.Text.Json.Serialization;

namespace BigTech.Tests.EndToEnd.Presence;

public sealed record OnlineStatus(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt)
{
    /// <summary>What a stranger sees of every user.</summary>
    public bool IsHidden => this is { IsOnline: false, LastSeenAt: null };
}

public sealed record OwnStatus(long UserId, bool IsOnline, DateTimeOffset? LastSeenAt, bool Invisible);

public sealed record OnlineStatuses(OnlineStatus[] Statuses, string LastEventId)
{
    [JsonIgnore]
    public Dictionary<long, OnlineStatus> ById => Statuses.ToDictionary(status => status.UserId);
}

/// <summary>The calls of a client that shows who is online.</summary>
internal static class PresenceCalls
{
    public static async Task<OnlineStatus> StatusOf(this User me, User other) =>
        (await me.Api.Get($"/online-status/{other.Id}")).As<OnlineStatus>();

    public static async Task<OnlineStatuses> StatusesOf(this User me, params User[] others) =>
        (await me.Api.Get($"/online-status?user_ids={string.Join(',', others.Select(other => other.Id))}")).As<OnlineStatuses>();

    public static async Task<OwnStatus> OwnStatus(this User me) => (await me.Api.Get("/online-status/me")).As<OwnStatus>();

    public static async Task<OwnStatus> SetInvisible(this User me, bool invisible) =>
        (await me.Api.Put("/online-status/me", new { invisible })).As<OwnStatus>();

    public static async Task Heartbeat(this User me) => (await me.Api.Post("/online-status/heartbeat")).ShouldBe(204);

    /// <summary>Opens the live stream of friends' presence.</summary>
    public static Task<SseClient> PresenceStream(
        this User me, string? lastEventId = null, bool smallWindow = false, int pauseAfter = int.MaxValue) =>
        SseClient.Open(me.Api.Url("/online-status/stream"), me.Tokens.AccessToken, lastEventId, smallWindow, pauseAfter);

    public static Task SeesOnline(this User me, User other) =>
        Eventually.Holds(async () => (await me.StatusOf(other)).IsOnline, "the friend is online");

    public static Task SeesOffline(this User me, User other) =>
        Eventually.Holds(async () => !(await me.StatusOf(other)).IsOnline, "the friend is offline");

    /// <summary>Asserts that an offline user was last seen between two moments, which are known to the millisecond.</summary>
    public static async Task LastSaw(this User me, User other, DateTimeOffset earliest, DateTimeOffset latest) =>
        (await me.StatusOf(other)).LastSeenAt.ShouldNotBeNull().ShouldBeInRange(earliest.AddMilliseconds(-1), latest.AddMilliseconds(1));

    /// <summary>Makes two users friends and waits until the User context has consumed the event.</summary>
    public static async Task BefriendAndWait(this User me, User other)
    {
        await using var stream = await me.PresenceStream();
        await Friends.FriendCalls.Befriend(me, other);
        await stream.WaitForStatus(other, _ => true, "the new friend");
    }

    /// <summary>All statuses of a user in the events of a stream.</summary>
    public static List<OnlineStatus> Of(this IEnumerable<SseEvent> events, User user) =>
        [.. events.Where(e => e.Type == "presence").Select(e => e.As<OnlineStatus>()).Where(status => status.UserId == user.Id)];

    public static async Task<OnlineStatus> WaitForStatus(
        this SseClient stream, User user, Func<OnlineStatus, bool> isExpected, string expectation) =>
        (await stream.WaitFor(
            e => e.Type == "presence" && e.As<OnlineStatus>() is var status && status.UserId == user.Id && isExpected(status), expectation))
        .As<OnlineStatus>();
}
