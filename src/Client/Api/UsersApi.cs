using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Other users.</summary>
public sealed class UsersApi
{
    private readonly ApiConnection _api;

    internal UsersApi(ApiConnection api) => _api = api;

    /// <summary>A user's public profile.</summary>
    /// <exception cref="ChatApiException">404: there is no such user.</exception>
    public Task<UserProfile> Get(long id, CancellationToken ct = default) => _api.Get($"users/{id}", ChatJson.Default.UserProfile, ct);

    /// <summary>The profiles of up to 100 users; ids without a user are left out.</summary>
    public async Task<IReadOnlyList<UserProfile>> GetMany(IEnumerable<long> ids, CancellationToken ct = default) => (await _api.Send(
        HttpMethod.Post, "users/batch", new UserBatchBody([.. ids]), ChatJson.Default.UserBatchBody, ChatJson.Default.UserList, ct)).Users;

    /// <summary>Whether there is such a user.</summary>
    public async Task<bool> Exists(long id, CancellationToken ct = default) =>
        (await _api.Get($"users/{id}/exists", ChatJson.Default.ExistsAnswer, ct)).Exists;

    /// <summary>Finds users by username, display name (initial consonants of Korean too) or exact e-mail address.</summary>
    public Task<UserSearchPage> Search(string query, int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("users/search", ("query", query), ("limit", limit), ("cursor", cursor)), ChatJson.Default.UserSearchPage, ct);
}
