using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Users.Domain;

namespace BigTech.Users.Storage;

/// <summary>The privacy settings of users as rows. Users who have never changed a setting have none.</summary>
internal static class PrivacyRows
{
    private const string FindSql =
        "SELECT who_may_message, who_may_add_to_groups, findable_by_email, changed_at FROM privacy WHERE user_id = @userId";

    private static readonly DialectSql SaveSql = Upsert.Replace(
        """
        INSERT INTO privacy (user_id, who_may_message, who_may_add_to_groups, findable_by_email, changed_at)
        VALUES (@userId, @message, @groups, @FindableByEmail, @at)
        """,
        key: "user_id", "who_may_message", "who_may_add_to_groups", "findable_by_email", "changed_at");

    public static async ValueTask<Privacy> Find(ReadSession reader, long userId) =>
        (await reader.First<Row>(FindSql, new { userId }))?.ToPrivacy() ?? Privacy.Default;

    public static void Save(UnitOfWork work, long userId, Privacy privacy) => work.Execute(SaveSql, new
    {
        userId,
        message = PrivacyWireNames.NameOf(privacy.WhoMayMessage),
        groups = PrivacyWireNames.NameOf(privacy.WhoMayAddToGroups),
        privacy.FindableByEmail,
        at = privacy.ChangedAt!.Value.ToDb(),
    });

    private sealed record Row(string Who_May_Message, string Who_May_Add_To_Groups, long Findable_By_Email, long Changed_At)
    {
        public Privacy ToPrivacy() => new(
            AudienceOf(Who_May_Message), AudienceOf(Who_May_Add_To_Groups), Findable_By_Email == 1, DbTime.FromDb(Changed_At));

        private static Audience AudienceOf(string name) =>
            PrivacyWireNames.AudienceOf(name) ?? throw new InvalidOperationException($"'{name}' is not an audience.");
    }
}
