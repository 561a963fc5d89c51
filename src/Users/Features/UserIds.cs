namespace BigTech.Users.Features;

/// <summary>The requested user ids.</summary>
internal static class UserIds
{
    public const string Field = "user_ids";
    public const int Max = 100;

    /// <summary>For the API description of the query.</summary>
    public const string Text = "1 to 100 ids of users: separated by commas, or the parameter repeated.";

    /// <summary>Reads <c>user_ids=1,2,3</c> as well as <c>user_ids=1&amp;user_ids=2</c>.</summary>
    /// <exception cref="AppError">422: the list is empty or contains an invalid id.</exception>
    public static List<long> Parse(string[] values)
    {
        const StringSplitOptions trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var ids = new List<long>();
        foreach (var text in values.SelectMany(value => value.Split(',', trimmed)))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                throw AppError.Invalid(Field, "Must be a list of ids, such as 1,2,3.");
            }
            ids.Add(id);
        }
        return ids.Count > 0 ? ids : throw AppError.Invalid(Field, "Is required.");
    }

    /// <summary>Each id once, in the order of the request.</summary>
    /// <exception cref="AppError">422: too many.</exception>
    public static List<long> Distinct(IReadOnlyList<long> ids) =>
        ids.Count > Max ? throw AppError.Invalid(Field, $"Must not hold more than {Max} ids.") : ids.Distinct().ToList();
}
