using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Who is online. An open stream of any kind makes its user online.</summary>
public sealed class PresenceApi
{
    private readonly ApiConnection _api;

    internal PresenceApi(ApiConnection api) => _api = api;

    /// <summary>The presence of one user.</summary>
    public Task<OnlineStatus> Get(long userId, CancellationToken ct = default) =>
        _api.Get($"online-status/{userId}", ChatJson.Default.OnlineStatus, ct);

    /// <summary>The presence of up to 100 users.</summary>
    public Task<OnlineStatusList> GetMany(IEnumerable<long> userIds, CancellationToken ct = default) =>
        _api.Get(Path("online-status", ("user_ids", string.Join(',', userIds))), ChatJson.Default.OnlineStatusList, ct);

    /// <summary>One's own presence.</summary>
    public Task<OnlineStatus> GetMine(CancellationToken ct = default) => _api.Get("online-status/me", ChatJson.Default.OnlineStatus, ct);

    /// <summary>Hides one's own presence from friends, or shows it again.</summary>
    public Task<OnlineStatus> SetInvisible(bool isInvisible, CancellationToken ct = default) => _api.Send(
        HttpMethod.Put, "online-status/me", new VisibilityBody(isInvisible), ChatJson.Default.VisibilityBody, ChatJson.Default.OnlineStatus,
        ct);

    /// <summary>Keeps the user online for a minute, for clients without a stream.</summary>
    public Task SendHeartbeat(CancellationToken ct = default) => _api.Send(HttpMethod.Post, "online-status/heartbeat", ct);
}
