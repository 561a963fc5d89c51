using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Friends, requests and blocks.</summary>
public sealed class FriendsApi
{
    private readonly ApiConnection _api;

    internal FriendsApi(ApiConnection api) => _api = api;

    /// <summary>The friends of the caller, by name.</summary>
    public Task<FriendPage> List(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("friends", ("limit", limit), ("cursor", cursor)), ChatJson.Default.FriendPage, ct);

    /// <summary>Finds friends by name, initial consonants of Korean too.</summary>
    public Task<FriendPage> Search(string query, int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("friends/search", ("q", query), ("limit", limit), ("cursor", cursor)), ChatJson.Default.FriendPage, ct);

    /// <summary>Ends a friendship.</summary>
    public Task Remove(long friendId, CancellationToken ct = default) => _api.Send(HttpMethod.Delete, $"friends/{friendId}", ct);

    /// <summary>Asks a user for a friendship. If they have asked already, this accepts.</summary>
    /// <exception cref="ChatApiException">403: blocked. 404: no such user. 409: asked already, or friends.</exception>
    public Task<Friendship> Request(long userId, string? message = null, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, "friends/request", new FriendRequestBody(userId, message), ChatJson.Default.FriendRequestBody,
        ChatJson.Default.Friendship, ct);

    /// <summary>Takes a request back.</summary>
    public Task CancelRequest(long userId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Delete, $"friends/request/{userId}", ct);

    /// <summary>The open requests of both directions.</summary>
    public Task<FriendRequestPage> ListRequests(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("friends/requests", ("limit", limit), ("cursor", cursor)), ChatJson.Default.FriendRequestPage, ct);

    /// <summary>The requests that wait for the caller's answer.</summary>
    public Task<PendingRequestPage> ListPendingRequests(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("friends/requests/pending", ("limit", limit), ("cursor", cursor)), ChatJson.Default.PendingRequestPage, ct);

    /// <summary>Accepts a request that the caller has received.</summary>
    public Task<Friendship> Accept(long requestId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Post, $"friends/{requestId}/accept", ChatJson.Default.Friendship, ct);

    /// <summary>Rejects a request that the caller has received.</summary>
    public Task<Friendship> Reject(long requestId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Post, $"friends/{requestId}/reject", ChatJson.Default.Friendship, ct);

    /// <summary>Blocks a user: it ends the friendship and open requests, and closes the 1:1 room for sending both ways.</summary>
    public Task<BlockedUser> Block(long userId, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, "friends/block", new BlockBody(userId), ChatJson.Default.BlockBody, ChatJson.Default.BlockedUser, ct);

    /// <summary>Lifts a block.</summary>
    public Task Unblock(long userId, CancellationToken ct = default) => _api.Send(HttpMethod.Delete, $"friends/unblock/{userId}", ct);

    /// <summary>The users whom the caller has blocked.</summary>
    public Task<BlockedUserPage> ListBlocked(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("friends/blocked", ("limit", limit), ("cursor", cursor)), ChatJson.Default.BlockedUserPage, ct);
}
