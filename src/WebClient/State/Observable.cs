namespace BigTech.WebClient.State;

/// <summary>A part of the state that is shown. Many changes in a row are shown at once.</summary>
public abstract class Observable
{
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(20);
    private bool _isTelling;

    /// <summary>Something is different; what, is in the object.</summary>
    public event Action? Changed;

    protected void Tell()
    {
        if (_isTelling) return;
        _isTelling = true;
        _ = TellSoon();
    }

    private async Task TellSoon()
    {
        await Task.Delay(Together);
        _isTelling = false;
        Changed?.Invoke();
    }
}
