using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Services;
using BigTech.Contracts.Users;
using BigTech.Users.Features;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace BigTech.Users.Remote;

/// <summary>The users for other contexts, if this context runs in another process.</summary>
internal sealed class UsersClient(ServiceClient service) : IUserDirectory, IUserSearch, IPresenceDirectory, IBrowserSessions,
    IDisposable
{
    private const int IdsPerCall = 500;
    private const int Capacity = 100_000;

    // How long an outdated profile may be shown.
    private static readonly TimeSpan CacheLife = TimeSpan.FromSeconds(2);

    private readonly MemoryCache _known = new(Options.Create(new MemoryCacheOptions { SizeLimit = Capacity }));

    public async Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var found = new List<UserSummary>(ids.Count);
        var missing = new List<long>();
        foreach (var id in ids)
        {
            if (_known.TryGetValue<UserSummary>(id, out var user)) found.Add(user!);
            else missing.Add(id);
        }
        foreach (var user in await Fetch(missing, ct))
        {
            _known.Set(user.Id, user, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = CacheLife });
            found.Add(user);
        }
        return found;
    }

    public async Task<IReadOnlyList<UserMatch>> FindAmong(IReadOnlyCollection<long> ids, string text, CancellationToken ct)
    {
        var pages = new List<UserMatch>();
        foreach (var chunk in ids.Chunk(IdsPerCall))
        {
            pages.AddRange(await service.Ask(
                UserInternalEndpoints.SearchPath, new FindAmongQuestion(chunk, text), UsersJson.Default.FindAmongQuestion,
                UsersJson.Default.UserMatchArray, ct));
        }
        return [.. pages.OrderBy(match => match.Rank).ThenBy(match => match.Key, StringComparer.Ordinal)];
    }

    async Task<IReadOnlyList<OnlineStatus>> IPresenceDirectory.Find(long viewerId, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var found = new List<OnlineStatus>(ids.Count);
        foreach (var chunk in ids.Chunk(IdsPerCall))
        {
            found.AddRange(await service.Ask(
                UserInternalEndpoints.PresencePath, new PresenceQuestion(viewerId, chunk), UsersJson.Default.PresenceQuestion,
                UsersJson.Default.OnlineStatusArray, ct));
        }
        return found;
    }

    async Task<BrowserSession?> IBrowserSessions.Find(string cookie, CancellationToken ct) => (await service.Ask(
        UserInternalEndpoints.BrowserSessionPath, new BrowserSessionQuestion(cookie), UsersJson.Default.BrowserSessionQuestion,
        UsersJson.Default.BrowserSessionAnswer, ct)).Session;

    public void Dispose()
    {
        _known.Dispose();
        service.Dispose();
    }

    private async Task<List<UserSummary>> Fetch(List<long> ids, CancellationToken ct)
    {
        var fetched = new List<UserSummary>(ids.Count);
        foreach (var chunk in ids.Chunk(IdsPerCall))
        {
            fetched.AddRange(await service.Ask(
                UserInternalEndpoints.UsersPath, new FindUsersQuestion(chunk), UsersJson.Default.FindUsersQuestion,
                UsersJson.Default.UserSummaryArray, ct));
        }
        return fetched;
    }
}
