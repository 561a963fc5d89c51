namespace BigTech.Platform.Http;

/// <summary>A body that shows in the API description what one looks like.</summary>
public interface IHasExample
{
    /// <summary>A body that the endpoint would understand; what is null in it is left out.</summary>
    static abstract object Example { get; }
}
