using BigTech.Tests.EndToEnd.Contract.Lines;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>
/// Authorization: every operation of the API and its answer to every caller. A new route needs a line in the file of its context; a new
/// context needs a file and its name here. See CONTRIBUTING.md, "The authorization table".
/// </summary>
internal static class AuthorizationTable
{
    public static IReadOnlyList<Line> Lines { get; } =
        [.. AccountLines.All, .. FriendLines.All, .. ChatLines.All, .. NotificationLines.All, .. ServiceLines.All];
}
