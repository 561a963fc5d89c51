using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;

namespace BigTech.Notifications.Storage;

/// <summary>Preferences and muted rooms as rows.</summary>
internal static class PreferenceRows
{
    private const string FindSql = "SELECT unwanted, quiet_start, quiet_end, time_zone FROM preferences WHERE user_id = ?1";

    private static readonly DialectSql SaveSql = Upsert.Replace(
        "INSERT INTO preferences (user_id, unwanted, quiet_start, quiet_end, time_zone) VALUES (@userId, @Unwanted, @start, @end, @zone)",
        key: "user_id", "unwanted", "quiet_start", "quiet_end", "time_zone");

    private static readonly DialectSql MutedUsersSql = JsonRowSet.Joined(["id"], given => $"""
        SELECT room_id, user_id FROM {given} mutes ON room_id = given.id WHERE until IS NULL OR until > ?2
        UNION
        SELECT m.room_id, p.user_id FROM {given} members m ON m.room_id = given.id JOIN preferences p ON p.user_id = m.user_id
        WHERE m.is_member = 1 AND (p.unwanted & ?3) <> 0
        """);

    public static async ValueTask<Preferences> Find(ReadSession reader, long userId) =>
        (await reader.Prepared(FindSql).Bind(1, userId).Query(Read)).FirstOrDefault() ?? Preferences.Default;

    /// <summary>By room: the users whom its messages do not notify, because of a mute or of their preferences.</summary>
    public static ILookup<long, long> MutedUsers(UnitOfWork work, IEnumerable<long> rooms, DateTimeOffset now) =>
        work.Prepared(MutedUsersSql).Bind(1, JsonRowSet.From(rooms)).Bind(2, now.ToDb()).Bind(3, Preferences.Bit(NotificationKind.Message))
            .Query(row => (Room: row.Number(0), User: row.Number(1))).Now().ToLookup(row => row.Room, row => row.User);

    /// <summary>The mutes that have not expired.</summary>
    public static async ValueTask<List<Mute>> Mutes(ReadSession reader, long userId, DateTimeOffset now) => (await reader.Query<MuteRow>(
        "SELECT room_id, until FROM mutes WHERE user_id = @userId AND (until IS NULL OR until > @now) ORDER BY room_id",
        new { userId, now = now.ToDb() })).ConvertAll(row => new Mute(row.Room_Id, DbTime.FromDb(row.Until)));

    /// <summary>Replaces the preferences of a user.</summary>
    /// <param name="mutes">All of the user's; null: they stay.</param>
    public static void Save(UnitOfWork work, long userId, Preferences preferences, IReadOnlyList<Mute>? mutes)
    {
        var quiet = preferences.QuietHours;
        work.Execute(
            SaveSql, new { userId, preferences.Unwanted, start = Minutes(quiet?.Start), end = Minutes(quiet?.End), zone = quiet?.Zone.Id });
        if (mutes is null) return;
        work.Execute("DELETE FROM mutes WHERE user_id = @userId", new { userId });
        foreach (var mute in mutes)
        {
            work.Execute(
                "INSERT INTO mutes (user_id, room_id, until) VALUES (@userId, @RoomId, @until)",
                new { userId, mute.RoomId, until = mute.Until?.ToDb() });
        }
    }

    private static Preferences Read(Statement row) => new(
        row.Number(0), row.OptionalNumber(1) is { } start ? new QuietHours(Time(start), Time(row.Number(2)), Zone(row.Text(3))) : null);

    // A zone that the system's database no longer has must not block notifications.
    private static TimeZoneInfo Zone(string id) => TimeZoneNames.TryFind(id, out var zone) ? zone : TimeZoneInfo.Utc;

    private static TimeOnly Time(long minutes) => TimeOnly.MinValue.AddMinutes(minutes);

    private static long? Minutes(TimeOnly? time) => time is { } given ? given.Hour * 60 + given.Minute : null;

    private sealed record MuteRow(long Room_Id, long? Until);
}
