using Microsoft.AspNetCore.Components;

namespace BigTech.WebClient.Pages;

/// <summary>The code in the link of a mail. It stands behind the <c>#</c>, so that no server's log has it.</summary>
internal static class MailedCode
{
    private const string Name = "#token=";

    /// <returns>Empty without one: the server says that it is not valid.</returns>
    public static string In(NavigationManager navigation) => In(new Uri(navigation.Uri).Fragment);

    /// <inheritdoc cref="In(NavigationManager)"/>
    public static string In(string fragment) =>
        fragment.StartsWith(Name, StringComparison.Ordinal) ? Uri.UnescapeDataString(fragment[Name.Length..]) : "";
}
