namespace BigTech.Platform;

/// <summary>Collects what is wrong with a request, so that the answer names all of it at once.</summary>
public sealed class ValidationErrors
{
    private Dictionary<string, List<string>>? _errors;

    /// <summary>Notes <paramref name="text"/> against a field unless <paramref name="ok"/>.</summary>
    public bool Check(bool ok, string field, string text)
    {
        if (ok) return true;
        _errors ??= [];
        if (!_errors.TryGetValue(field, out var texts)) _errors.Add(field, texts = []);
        texts.Add(text);
        return false;
    }

    /// <exception cref="AppError"><see cref="ErrorKind.Invalid"/> with every note, if there is one.</exception>
    public void ThrowIfAny()
    {
        if (_errors is not null) throw AppError.Invalid(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
