using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Users;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Users.Storage;

/// <summary>The users for other contexts, within one process.</summary>
internal sealed class UserDirectory([FromKeyedServices(UsersDatabase.Name)] Store store) : IUserDirectory
{
    private static readonly DialectSql SummarySql = JsonRowSet.Joined(["user_id"], given => $"""
        SELECT u.id, u.username, u.display_name, u.profile_image_url, u.status_message FROM {given} users u ON u.id = given.user_id
        """);

    public async Task<IReadOnlyList<UserSummary>> Find(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        if (ids.Count == 0) return [];
        return await store.Read(
            reader => reader.Prepared(SummarySql).Bind(1, JsonRowSet.From(ids.Distinct())).Query(row => new UserSummary(
                row.Number(0), row.Text(1), row.Text(2), row.OptionalText(3), row.OptionalText(4))), ct);
    }
}
