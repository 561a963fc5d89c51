using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace BigTech.Notifications.Domain;

/// <summary>
/// The daily hours in which a user wants no alerts, in the local time of their zone, including daylight saving. The start is inclusive, the
/// end exclusive; an end before the start is on the next day.
/// </summary>
internal sealed partial record QuietHours(TimeOnly Start, TimeOnly End, TimeZoneInfo Zone)
{
    private const int MaxZoneLength = 64;

    public bool Contain(DateTimeOffset now)
    {
        var time = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return Start <= End ? time >= Start && time < End : time >= Start || time < End;
    }

    /// <summary>Finds a zone of the IANA database, such as <c>Asia/Seoul</c>.</summary>
    public static bool TryFindZone(string id, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        // The name becomes a path below the folder of the database.
        return id.Length <= MaxZoneLength && ZoneName().IsMatch(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}\\z")]
    private static partial Regex ZoneName();
}
