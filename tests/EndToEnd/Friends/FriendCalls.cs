using System.Text.Json;

namespace BigTech.Tests.EndToEnd.Friends;

public sealed record Person(long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl);

public sealed record Friendship(
    long Id, long RequesterId, long AddresseeId, string Status, string? Message, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    Person User);

public sealed record Friend(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, long FriendshipId,
    DateTimeOffset FriendsSince, bool IsOnline, DateTimeOffset? LastSeenAt);

public sealed record FriendList(Friend[] Friends, int TotalCount, JsonElement? NextCursor, string? LastEventId = null)
{
    public long[] Ids => [.. Friends.Select(friend => friend.UserId)];
}

public sealed record OpenRequests(Friendship[] Sent, Friendship[] Received, int TotalCount, JsonElement? NextCursor, string LastEventId);

public sealed record FriendshipOpened(long Version, Friendship Friendship);

public sealed record FriendshipClosed(long Version, long FriendshipId, long UserId);

public sealed record PendingRequests(Friendship[] Requests, int TotalCount, JsonElement? NextCursor);

public sealed record Blocked(
    long UserId, string Username, string DisplayName, string? StatusMessage, string? ProfileImageUrl, DateTimeOffset BlockedAt);

public sealed record BlockList(Blocked[] Blocked, int TotalCount, JsonElement? NextCursor);

/// <summary>The calls of a client's friend list.</summary>
internal static class FriendCalls
{
    public static Task<Answer> TryAsk(this User me, User other, string? message = null) =>
        me.Api.Post("/friends/request", new { target_user_id = other.Id, message });

    public static async Task<Friendship> Ask(this User me, User other, string? message = null) =>
        (await me.TryAsk(other, message)).As<Friendship>(201);

    public static Task<Answer> TryAccept(this User me, long request) => me.Api.Post($"/friends/{request}/accept");

    public static async Task<Friendship> Accept(this User me, Friendship request) => (await me.TryAccept(request.Id)).As<Friendship>();

    public static async Task<Friendship> Befriend(this User me, User other) => await other.Accept(await me.Ask(other));

    public static Task<Answer> Unfriend(this User me, User other) => me.Api.Delete($"/friends/{other.Id}");

    public static Task<Answer> TryBlock(this User me, User other) => me.Api.Post("/friends/block", new { user_id = other.Id });

    public static async Task Block(this User me, User other) => (await me.TryBlock(other)).ShouldBe(201);

    public static async Task Unblock(this User me, User other) => (await me.Api.Delete($"/friends/unblock/{other.Id}")).ShouldBe(204);

    public static async Task<FriendList> Friends(this User me, string query = "") =>
        (await me.Api.Get($"/friends{query}")).As<FriendList>();

    public static async Task<OpenRequests> Requests(this User me, string query = "") =>
        (await me.Api.Get($"/friends/requests{query}")).As<OpenRequests>();

    /// <summary>Opens the live stream of friends and friend requests.</summary>
    public static Task<SseClient> FriendStream(this User me, string? lastEventId = null) =>
        SseClient.Open(me.Api.Url("/friends/stream"), me.Tokens.AccessToken, lastEventId);

    public static async Task<BlockList> BlockList(this User me, string query = "") =>
        (await me.Api.Get($"/friends/blocked{query}")).As<BlockList>();

    /// <summary>A cursor as the query of the next page.</summary>
    public static string After(this JsonElement? cursor) =>
        $"after={Uri.EscapeDataString(cursor.ShouldNotBeNull().GetString().ShouldNotBeNull())}";
}
