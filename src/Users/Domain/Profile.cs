namespace BigTech.Users.Domain;

/// <summary>The name under which a user appears to others.</summary>
internal sealed record DisplayName
{
    public const int MaxLength = 100;

    private DisplayName(string value) => Value = value;

    public string Value { get; }

    public static Parsed<DisplayName> Parse(string text)
    {
        var value = DisplayText.Normalize(text.Trim());
        if (value.Length == 0) return Parsed<DisplayName>.Rejected("Must not be blank.");
        if (TextValidation.LengthOf(value) > MaxLength) return Parsed<DisplayName>.TooLong(MaxLength);
        return DisplayText.ProblemOf(value, isOneLine: true) is { } problem
            ? Parsed<DisplayName>.Rejected(problem)
            : new DisplayName(value);
    }

    /// <summary>The default name of a user who chose none.</summary>
    public static DisplayName From(Username username) => new(username.Value);

    public static DisplayName FromStore(string value) => new(value);
}

/// <summary>A short text that a user shows to others.</summary>
internal sealed record StatusMessage
{
    public const int MaxLength = 500;

    private StatusMessage(string value) => Value = value;

    public string Value { get; }

    /// <summary>Parses a status; a blank text is no status: no value and no problem.</summary>
    public static Parsed<StatusMessage> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return default;
        var value = DisplayText.Normalize(text);
        if (TextValidation.LengthOf(value) > MaxLength) return Parsed<StatusMessage>.TooLong(MaxLength);
        return DisplayText.ProblemOf(value, isOneLine: false) is { } problem
            ? Parsed<StatusMessage>.Rejected(problem)
            : new StatusMessage(value);
    }

    public static StatusMessage? FromStore(string? value) => value is null ? null : new StatusMessage(value);
}

/// <summary>The profile that others see.</summary>
internal sealed record Profile(DisplayName DisplayName, StatusMessage? Status, string? ImageUrl);
