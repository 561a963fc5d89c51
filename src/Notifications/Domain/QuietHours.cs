namespace BigTech.Notifications.Domain;

/// <summary>
/// The daily hours in which a user wants no alerts, in the local time of their zone, including daylight saving. The start is inclusive, the
/// end exclusive; an end before the start is on the next day.
/// </summary>
internal sealed record QuietHours(TimeOnly Start, TimeOnly End, TimeZoneInfo Zone)
{
    public bool Contain(DateTimeOffset now)
    {
        var time = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return Start <= End ? time >= Start && time < End : time >= Start || time < End;
    }
}
