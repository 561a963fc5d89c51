using BigTech.Contracts.Users;
using BigTech.Platform.Sql;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>The other contexts' door to the users, within one process.</summary>
internal sealed class UserDirectory([FromKeyedServices(UsersModule.StoreName)] Database database) : IUserDirectory
{
    private const int IdsPerQuery = 500;

    private const string SummarySql = """
        SELECT id AS Id, username AS Username, display_name AS DisplayName, profile_image_url AS ProfileImageUrl,
            status_message AS StatusMessage
        FROM users WHERE id IN @ids
        """;

    public async Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        return await database.Read(session =>
        {
            var found = new List<UserSummary>(ids.Count);
            foreach (var chunk in ids.Chunk(IdsPerQuery)) found.AddRange(session.Query<UserSummary>(SummarySql, new { ids = chunk }));
            return found;
        }, ct);
    }
}
