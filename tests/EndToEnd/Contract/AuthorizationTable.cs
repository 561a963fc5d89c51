using BigTech.Tests.EndToEnd.Contract.Lines;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>
/// Who may do what: every operation of the API and what it answers to everybody. A new route needs a line in the file of its context;
/// a new context needs a file and its name here. See CONTRIBUTING.md, "The authorization table".
/// </summary>
internal static class AuthorizationTable
{
    public static IReadOnlyList<Line> Lines { get; } =
        [.. AccountLines.All, .. FriendLines.All, .. ChatLines.All, .. NotificationLines.All, .. ServiceLines.All];
}
